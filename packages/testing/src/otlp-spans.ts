/** One span as a collector reads it. `parentId` is empty at a root; times are in nanoseconds since 1970. */
export type ReceivedSpan = {
  service: string
  resource: Record<string, unknown>
  traceId: string
  spanId: string
  parentId: string
  name: string
  kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  startedAt: bigint
  endedAt: bigint
  attributes: Record<string, unknown>
  failed: boolean
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const failedStatus = 2

/** Reads an `ExportTraceServiceRequest` (opentelemetry-proto, trace/v1). Throws a RangeError where the bytes are none. */
export function readSpans(body: Buffer): ReceivedSpan[] {
  return messages(body, 1).flatMap((resourceSpans) => {
    const resource = attributesOf(messages(resourceSpans, 1)[0] ?? Buffer.alloc(0), 1)
    return messages(resourceSpans, 2)
      .flatMap((scopeSpans) => messages(scopeSpans, 2))
      .map((span) => readSpan(span, resource))
  })
}

function readSpan(span: Buffer, resource: Record<string, unknown>): ReceivedSpan {
  const fields = readFields(span)
  const bytes = (number: number) => fields.find((field) => field.number === number)?.bytes ?? Buffer.alloc(0)
  const value = (number: number) => fields.find((field) => field.number === number)?.value ?? 0n
  const status = readFields(bytes(15)).find(({ number }) => number === 3)?.value
  return {
    service: String(resource['service.name']),
    resource,
    traceId: bytes(1).toString('hex'),
    spanId: bytes(2).toString('hex'),
    parentId: bytes(4).toString('hex'),
    name: bytes(5).toString('utf8'),
    kind: kinds[Number(value(6))] ?? 'unspecified',
    startedAt: value(7),
    endedAt: value(8),
    attributes: attributesOf(span, 9),
    failed: Number(status) === failedStatus,
  }
}

function attributesOf(message: Buffer, number: number): Record<string, unknown> {
  return Object.fromEntries(
    messages(message, number).map((pair) => {
      const [key = Buffer.alloc(0)] = messages(pair, 1)
      return [key.toString('utf8'), anyValue(messages(pair, 2)[0] ?? Buffer.alloc(0))]
    }),
  )
}

function anyValue(message: Buffer): unknown {
  const [field] = readFields(message)
  switch (field?.number) {
    case 1:
      return field.bytes.toString('utf8')
    case 2:
      return field.value === 1n
    case 3:
      return Number(BigInt.asIntN(64, field.value))
    case 4:
      return field.bytes.readDoubleLE()
    case 5:
      return messages(field.bytes, 1).map(anyValue)
    case undefined:
    default:
      return undefined
  }
}

function messages(message: Buffer, number: number): Buffer[] {
  return readFields(message).flatMap((field) => (field.number === number ? [field.bytes] : []))
}

/** `value` of numbers, `bytes` of all but varints. */
type Field = { number: number; value: bigint; bytes: Buffer }

/** The fields of a message in protobuf's wire format (https://protobuf.dev/programming-guides/encoding/). */
function readFields(message: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0

  function varint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  function take(length: number): Buffer {
    if (at + length > message.length) throw new RangeError('a field is longer than its message')
    at += length
    return message.subarray(at - length, at)
  }

  while (at < message.length) {
    const tag = Number(varint())
    const number = tag >> 3
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: varint(), bytes: Buffer.alloc(0) })
        break
      case 1: {
        const bytes = take(8)
        fields.push({ number, value: bytes.readBigUInt64LE(), bytes })
        break
      }
      case 2:
        fields.push({ number, value: 0n, bytes: take(Number(varint())) })
        break
      case 5: {
        const bytes = take(4)
        fields.push({ number, value: BigInt(bytes.readUInt32LE()), bytes })
        break
      }
      default:
        throw new RangeError(`no such wire type: ${tag & 7}`)
    }
  }
  return fields
}
