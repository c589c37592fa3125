type Answered = {
  options: number
  answers: readonly { family: string; key: string; right: boolean }[]
}

/** As many questions have to have been seen as this before what they show weighs as much as blind guessing would predict. */
const imaginedQuestions = 10

/**
 * How often two wrong answers of different families are the same one. Every question counts once, however many pairs it has; shrunk towards
 * what blind guesses among the options would do.
 */
export function coincidenceIn(questions: readonly Answered[]): number {
  let [same, counted, blind] = [0, 0, 0]
  for (const { options, answers } of questions) {
    blind += 1 / Math.max(1, options - 1)
    const share = shareOfPairs(answers.filter(({ right }) => !right))
    if (share === undefined) continue
    same += share
    counted += 1
  }
  const expected = (1 + (questions.length === 0 ? 0 : blind / questions.length)) / 2
  return (same + imaginedQuestions * expected) / (counted + imaginedQuestions)
}

function shareOfPairs(wrong: Answered['answers']): number | undefined {
  let [pairs, same] = [0, 0]
  for (const [index, one] of wrong.entries()) {
    for (const other of wrong.slice(index + 1)) {
      if (one.family === other.family) continue
      pairs += 1
      if (one.key === other.key) same += 1
    }
  }
  return pairs === 0 ? undefined : same / pairs
}
