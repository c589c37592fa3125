import type { PanelMember } from '@concord/contracts/panel'
import { count } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { stateText } from '../panel/state-text.ts'

const modelsMax = 8

type PanelPickerProps = {
  members: readonly PanelMember[]
  chosen: readonly string[]
  onChoose: (models: readonly string[]) => void
}

export function PanelPicker({ members, chosen, onChoose }: PanelPickerProps) {
  if (members.length === 0) return <p class="notice">{t.value.panelEmpty}</p>
  return (
    <fieldset class="panel">
      <legend>
        {t.value.council} <span class="quiet">{t.value.councilHint(count(chosen.length))}</span>
      </legend>
      <div class="seats">
        {members.map((member) => (
          <Seat
            key={member.name}
            member={member}
            isChosen={chosen.includes(member.name)}
            isFull={chosen.length >= modelsMax}
            onChange={(isChosen) =>
              onChoose(isChosen ? [...chosen, member.name] : chosen.filter((name) => name !== member.name))
            }
          />
        ))}
      </div>
    </fieldset>
  )
}

type SeatProps = { member: PanelMember; isChosen: boolean; isFull: boolean; onChange: (isChosen: boolean) => void }

function Seat({ member, isChosen, isFull, onChange }: SeatProps) {
  const isClosed = member.state === 'unconfigured' || (isFull && !isChosen)
  return (
    <label class={`seat seat-${member.state}`}>
      <input
        type="checkbox"
        checked={isChosen}
        disabled={isClosed}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="seat-name">{member.name}</span>
      <span class="seat-about">
        {member.provider} · <span class="seat-state">{stateText(member.state)}</span>
      </span>
    </label>
  )
}
