import { percent } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { changeDraft, draft, type Draft } from './draft.ts'

const answerTypes = ['auto', 'open', 'choice', 'number', 'boolean'] as const
const efforts = ['thorough', 'thrifty'] as const
const roundsMax = 5
const deadlineMinS = 5
const deadlineMaxS = 600

export function DeliberationSettings() {
  const { answerType, effort } = draft.value
  return (
    <details class="settings">
      <summary>{t.value.advanced}</summary>
      <div class="settings-grid">
        <Rounds />
        <Threshold />
        <label class="field">
          <span>{t.value.answerType}</span>
          <select
            value={answerType}
            onChange={({ currentTarget }) =>
              pick(answerTypes, currentTarget.value, (chosen) => changeDraft({ answerType: chosen }))
            }
          >
            {answerTypes.map((type) => (
              <option key={type} value={type}>
                {answerTypeText(type)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t.value.effort}</span>
          <select
            value={effort}
            onChange={({ currentTarget }) =>
              pick(efforts, currentTarget.value, (chosen) => changeDraft({ effort: chosen }))
            }
          >
            <option value="thorough">{t.value.effortThorough}</option>
            <option value="thrifty">{t.value.effortThrifty}</option>
          </select>
        </label>
        <Deadline />
        {answerType === 'choice' && <Choices />}
      </div>
    </details>
  )
}

function Rounds() {
  return (
    <label class="field">
      <span>{t.value.debateRounds}</span>
      <select
        value={String(draft.value.rounds)}
        onChange={({ currentTarget }) => changeDraft({ rounds: Number(currentTarget.value) })}
      >
        {Array.from({ length: roundsMax + 1 }, (_, rounds) => (
          <option key={rounds} value={String(rounds)}>
            {rounds}
          </option>
        ))}
      </select>
    </label>
  )
}

function Threshold() {
  const { thresholdPercent } = draft.value
  return (
    <label class="field">
      <span>
        {t.value.threshold} <output>{percent(thresholdPercent / 100)}</output>
      </span>
      <input
        type="range"
        min={50}
        max={100}
        step={1}
        value={thresholdPercent}
        aria-valuetext={percent(thresholdPercent / 100)}
        onInput={({ currentTarget }) => changeDraft({ thresholdPercent: currentTarget.valueAsNumber })}
      />
    </label>
  )
}

function Deadline() {
  return (
    <label class="field">
      <span>{t.value.deadline}</span>
      <input
        type="number"
        required
        min={deadlineMinS}
        max={deadlineMaxS}
        step={1}
        value={draft.value.deadlineS}
        onChange={({ currentTarget }) => changeDraft({ deadlineS: currentTarget.valueAsNumber })}
      />
    </label>
  )
}

function Choices() {
  return (
    <label class="field field-wide">
      <span>{t.value.choices}</span>
      <textarea
        rows={4}
        value={draft.value.choices}
        onInput={({ currentTarget }) => changeDraft({ choices: currentTarget.value })}
      />
    </label>
  )
}

function pick<const Option extends string>(
  options: readonly Option[],
  value: string,
  use: (option: Option) => void,
): void {
  const option = options.find((each) => each === value)
  if (option) use(option)
}

function answerTypeText(type: Draft['answerType']): string {
  const texts: Record<Draft['answerType'], string> = {
    auto: t.value.answerTypeAuto,
    open: t.value.answerTypeOpen,
    choice: t.value.answerTypeChoice,
    number: t.value.answerTypeNumber,
    boolean: t.value.answerTypeBoolean,
  }
  return texts[type]
}
