import type { CalibrationPoint } from '@concord/contracts/panel'
import { useId } from 'preact/hooks'
import { count, percent } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { tendencyOf, type Tendency } from './track-record.ts'

type CalibrationProps = { model: string; calibration: readonly CalibrationPoint[] }

/** Stated confidence against the share that was right, as a sentence, a picture and a table. */
export function Calibration({ model, calibration }: CalibrationProps) {
  const tendency = tendencyOf(calibration)
  if (!tendency) return null
  const points = calibration.toSorted((a, b) => a.stated - b.stated)
  return (
    <div class="calibration">
      <h3>{t.value.calibrationTitle}</h3>
      <p>{tendencyText(tendency)}</p>
      <Curve model={model} calibration={points} />
      <details class="reasons">
        <summary aria-label={t.value.labelled(t.value.asTable, t.value.calibrationOf(model))}>
          {t.value.asTable}
        </summary>
        <PointsTable model={model} calibration={points} />
      </details>
    </div>
  )
}

const left = 56
const top = 12
const side = 156
const bottom = top + side
const ticks = [0, 0.5, 1]
const [radiusMin, radiusMax] = [3, 9]

function Curve({ model, calibration }: CalibrationProps) {
  const id = useId()
  const most = Math.max(...calibration.map(({ items }) => items))
  const line = calibration.map(({ stated, correct }) => `${x(stated)},${y(correct)}`).join(' ')
  return (
    <svg
      class="curve"
      viewBox="0 0 224 208"
      width="224"
      height="208"
      role="img"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
    >
      <title id={`${id}-title`}>{t.value.calibrationOf(model)}</title>
      <desc id={`${id}-text`}>{[...calibration.map(pointText), t.value.calibrationDiagonal].join(' ')}</desc>
      <Axes />
      <polyline class="curve-line" points={line} />
      {calibration.map(({ stated, correct, items }) => (
        <circle
          key={stated}
          class="curve-point"
          cx={x(stated)}
          cy={y(correct)}
          r={radiusMin + (radiusMax - radiusMin) * Math.sqrt(items / most)}
        />
      ))}
    </svg>
  )
}

function Axes() {
  return (
    <g class="curve-axes">
      {ticks.map((tick) => (
        <g key={tick}>
          <path class="curve-grid" d={`M${left} ${y(tick)}h${side}M${x(tick)} ${top}v${side}`} />
          <text x={left - 6} y={y(tick) + 4} text-anchor="end">
            {percent(tick)}
          </text>
          <text x={x(tick)} y={bottom + 16} text-anchor={tick === 1 ? 'end' : tick === 0 ? 'start' : 'middle'}>
            {percent(tick)}
          </text>
        </g>
      ))}
      <path class="curve-diagonal" d={`M${left} ${bottom}L${left + side} ${top}`} />
      <text class="curve-name" x={left + side / 2} y={bottom + 34} text-anchor="middle">
        {t.value.calibrationStated}
      </text>
      <text class="curve-name" x={-(top + side / 2)} y={11} text-anchor="middle" transform="rotate(-90)">
        {t.value.calibrationRight}
      </text>
    </g>
  )
}

function PointsTable({ model, calibration }: CalibrationProps) {
  return (
    <table class="record-table">
      <caption class="only-heard">{t.value.calibrationOf(model)}</caption>
      <thead>
        <tr>
          <th scope="col">{t.value.calibrationStated}</th>
          <th scope="col">{t.value.calibrationRight}</th>
          <th scope="col">{t.value.answers}</th>
        </tr>
      </thead>
      <tbody>
        {calibration.map(({ stated, correct, items }) => (
          <tr key={stated}>
            <th scope="row">{percent(stated)}</th>
            <td>{percent(correct)}</td>
            <td>{count(items)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function pointText({ stated, correct, items }: CalibrationPoint): string {
  return t.value.calibrationPoint(percent(stated), percent(correct), count(items))
}

function tendencyText({ kind, points }: Tendency): string {
  switch (kind) {
    case 'fair':
      return t.value.tendencyFair
    case 'over':
      return t.value.tendencyOver(count(points), points)
    case 'under':
      return t.value.tendencyUnder(count(points), points)
    case 'both':
      return t.value.tendencyBoth(count(points))
  }
}

function x(share: number): number {
  return rounded(left + share * side)
}

function y(share: number): number {
  return rounded(bottom - share * side)
}

function rounded(length: number): number {
  return Math.round(length * 10) / 10
}
