import type { ComponentChildren } from 'preact'

/** `isFlowing`: a line break is no more than a space, as in a text of one sentence a line. */
type ProseProps = { text: string; isFlowing?: boolean; onClaim?: ((claim: string) => void) | undefined }

/** A model's text as paragraphs, lists, bold and code. Everything becomes text nodes: no markup of theirs is ever markup here. */
export function Prose({ text, isFlowing = false, onClaim }: ProseProps) {
  const blocks = text
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== '')
  return (
    <div class="prose" dir="auto">
      {blocks.map((block, index) => (
        <Block key={index} text={block} isFlowing={isFlowing} onClaim={onClaim} />
      ))}
    </div>
  )
}

function Block({ text, isFlowing = false, onClaim }: ProseProps) {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const items = lines.map((line) => /^\s*(?:[-*•]|\d{1,3}[.)])\s+(.*)$/.exec(line)?.[1])
  if (lines.length > 0 && items.every((item) => item !== undefined)) {
    return (
      <ul>
        {items.map((item, index) => (
          <li key={index}>{inline(item ?? '', onClaim)}</li>
        ))}
      </ul>
    )
  }
  return <p>{inline(lines.map((line) => line.replace(/^#{1,6}\s+/, '')).join(isFlowing ? ' ' : '\n'), onClaim)}</p>
}

function inline(text: string, onClaim: ProseProps['onClaim']): ComponentChildren[] {
  const parts = text.split(/(\*\*[^*\n]+\*\*|`[^`\n]+`|\s?\[c\d+(?:[\s,]+c\d+)*\])/)
  return parts.map((part, index) => {
    if (/^\*\*[^*]+\*\*$/.test(part)) return <strong key={index}>{part.slice(2, -2)}</strong>
    if (/^`[^`]+`$/.test(part)) return <code key={index}>{part.slice(1, -1)}</code>
    const claims = /^\s?\[(c\d+(?:[\s,]+c\d+)*)\]$/.exec(part)?.[1]
    return claims && onClaim ? <ClaimReferences key={index} claims={claims} onClaim={onClaim} /> : part
  })
}

function ClaimReferences({ claims, onClaim }: { claims: string; onClaim: (claim: string) => void }) {
  return (
    <sup class="claim-references">
      {claims.split(/[\s,]+/).map((claim) => (
        <button type="button" key={claim} onClick={() => onClaim(claim)}>
          {claim}
        </button>
      ))}
    </sup>
  )
}
