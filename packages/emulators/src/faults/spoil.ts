import type { Fault } from './fault.ts'

/** Breaks an answer's text as the fault says; other faults leave it as it is. */
export function spoil(text: string, faults: readonly Fault[]): string {
  let spoilt = text
  for (const fault of faults) {
    if (fault.kind === 'wrong_schema') spoilt = JSON.stringify({ result: 'ok', items: [1, 'two', null] })
    if (fault.kind === 'malformed_json') spoilt = malformed[fault.how](spoilt)
  }
  return spoilt
}

type How = Extract<Fault, { kind: 'malformed_json' }>['how']

const malformed: Record<How, (text: string) => string> = {
  missing_brace: (text) => text.replace(/\}\s*$/, ''),
  trailing_text: (text) => `${text}\n\nI hope this helps! Let me know if you have other questions.`,
  markdown_fences: (text) => `Here is the answer:\n\`\`\`json\n${text}\n\`\`\``,
  truncated: (text) => text.slice(0, Math.ceil(text.length * 0.6)),
}
