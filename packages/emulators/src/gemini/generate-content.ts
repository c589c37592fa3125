import { z } from 'zod'
import { splitMessages, textOf } from '../wire/message-text.ts'
import { knownModel, readBody } from '../wire/read-body.ts'
import { plainEvent } from '../wire/sse.ts'
import type { Answer, Ask, Wire } from '../wire/wire.ts'

const Parts = z.array(z.looseObject({ text: z.string().optional() }))

const Request = z.object({
  contents: z.array(z.object({ role: z.string().optional(), parts: Parts })).min(1),
  systemInstruction: z.object({ parts: Parts }).nullish(),
  generationConfig: z
    .object({
      maxOutputTokens: z.int().positive().nullish(),
      responseMimeType: z.string().nullish(),
      responseJsonSchema: z.unknown().optional(),
      responseSchema: z.unknown().optional(),
    })
    .nullish(),
})

/** Reads a body of `POST /v1beta/models/{model}:generateContent`. */
export function readGenerateRequest(model: string, stream: boolean, body: unknown): Ask {
  const request = readBody(Request, body)
  const { user } = splitMessages(request.contents.map(({ role, parts }) => ({ role, content: parts })))
  const config = request.generationConfig
  const schema = config?.responseJsonSchema ?? config?.responseSchema ?? undefined
  return {
    provider: 'gemini',
    model: knownModel(model),
    system: textOf(request.systemInstruction?.parts),
    user,
    form: schema === undefined ? undefined : { name: undefined, schema },
    maxOutputTokens: config?.maxOutputTokens ?? undefined,
    stream,
  }
}

/** Gemini's `generateContent` and, as events, `streamGenerateContent?alt=sse`. */
export const generateWire: Wire = {
  body: (answer) => chunk(answer, answer.text, true),
  opening: () => '',
  delta: (answer, text) => plainEvent(chunk(answer, text, false)),
  closing: (answer) => plainEvent(chunk(answer, '', true)),
}

function chunk(answer: Answer, text: string, last: boolean): object {
  const refused = answer.stop === 'refused'
  const finishReason = { complete: 'STOP', length: 'MAX_TOKENS', refused: 'SAFETY', tool_call: 'STOP' }[answer.stop]
  const content = { role: 'model', parts: [{ text }] }
  return {
    candidates: [{ ...(refused ? {} : { content }), ...(last ? { finishReason } : {}), index: 0 }],
    ...(last ? { usageMetadata: usage(answer) } : {}),
    modelVersion: answer.ask.model,
    responseId: answer.id,
  }
}

function usage({ usage: { input, output } }: Answer): object {
  return {
    promptTokenCount: input,
    candidatesTokenCount: output,
    totalTokenCount: input + output,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
  }
}
