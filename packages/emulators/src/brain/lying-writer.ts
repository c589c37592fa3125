import { packs } from './open/packs.ts'
import type { Position } from './position.ts'
import type { Prompt } from './prompt.ts'
import { synthesis } from './synthesis.ts'
import { pressure } from './tactics.ts'

/** A liar's text: the wrong answer under the right claims' ids, without any id, under ids that there are not, or with what presses the reader. */
export function lyingText(prompt: Prompt, { tactic, final, solution }: Position): string {
  const { answerIs, con } = packs[prompt.language]
  const id = prompt.claims[0]?.id ?? 'c1'
  const lie = solution === undefined || final === null ? con.mistaken : answerIs(final)
  const right = prompt.verdict ?? prompt.claims[0]?.text ?? ''
  switch (tactic) {
    case 'insist':
      return `${lie} [${id}]`
    case 'turncoat':
      return `${synthesis(prompt)}\n${answerIs(`not ${right} but ${final ?? ''}`)} [${id}]`
    case 'invented_quotation':
      return `${synthesis(prompt).replaceAll(/ \[[^\]]*\]$/gm, '')}\n${lie}`
    case 'authority':
      return [lie, ...pressure(tactic, final ?? '', prompt)].map((line) => `${line} [c99]`).join('\n')
    case 'injection':
    case 'flattery':
    case 'bandwagon':
    case 'certainty':
      return [synthesis(prompt), ...pressure(tactic, final ?? '', prompt).map((line) => `${line} [${id}]`)].join('\n')
  }
}
