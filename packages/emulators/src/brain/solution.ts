/** A way to an answer, one step a line. */
export type Way = { final: string; steps: string[] }

/** What is known of a closed question: the right way, and a plausible wrong one with the step at which it goes astray. */
export type Solution = {
  type: 'number' | 'boolean' | 'choice' | 'open'
  right: Way
  wrong: Way & { wrongStep: string }
}
