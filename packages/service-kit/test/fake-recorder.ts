import type { Attributes, Recorder, Trace } from '../src/trace.ts'

export type RecordedSpan = {
  name: string
  kind: string
  trace: Trace
  parentId: string | undefined
  attributes: Attributes
  /** Undefined while it runs; an empty text where nothing went wrong. */
  end: string | undefined
}

/** Records everything, as a sampler that takes all does. */
export function fakeRecorder(): Recorder & { spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = []
  const recorder: Recorder = {
    begin(name, { kind, attributes = {}, parent }) {
      const spanId = (spans.length + 1).toString(16).padStart(16, '0')
      const trace: Trace = { traceId: parent?.traceId ?? 'a'.repeat(32), spanId, flags: '01', recorder }
      const span: RecordedSpan = {
        name,
        kind,
        trace,
        parentId: parent?.spanId,
        attributes: { ...attributes },
        end: undefined,
      }
      spans.push(span)
      return {
        trace,
        set: (more) => void Object.assign(span.attributes, more),
        end(errorType = '') {
          if (span.end !== undefined) throw new Error(`${name} ended twice`)
          span.end = errorType
        },
      }
    },
  }
  return { ...recorder, spans }
}
