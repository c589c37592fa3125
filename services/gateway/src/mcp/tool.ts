import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js'
import type { ApiKeyScope } from '@concord/contracts/identity'
import type { ProblemError } from '@concord/contracts/problem'
import { requireScope } from '@concord/service-kit/authenticate'
import { AppError } from '@concord/service-kit/errors'
import { z } from 'zod'
import type { AskCouncil } from '../council/ask-council.ts'
import type { Caller } from '../edge/identify.ts'
import type { Council } from '../ports.ts'

export type ToolDeps = { askCouncil: AskCouncil; council: Council }

/** One call of a tool: who calls, when to stop, and where word of its progress goes. */
export type ToolCall = { caller: Caller; signal: AbortSignal; progress: (message: string) => void }

/** What a tool hands over: `structured` for programs, `text` for a model to read. */
type Handed<Output> = { structured: Output; text: string }

type Description<Input extends z.ZodObject, Output extends z.ZodObject> = {
  name: string
  title: string
  description: string
  annotations: ToolAnnotations
  input: Input
  output: Output
  /** What an API key must be for. */
  scopes: readonly ApiKeyScope[]
  run(deps: ToolDeps, input: z.output<Input>, call: ToolCall): Promise<Handed<z.output<Output>>>
}

export type Tool = {
  name: string
  listed: { name: string; title: string; description: string; annotations: ToolAnnotations } & Schemas
  /** Throws AppErrors: 'invalid-request' with the faulty fields, 'forbidden' for want of a scope, and those of the tool's work. */
  call(deps: ToolDeps, input: unknown, call: ToolCall): Promise<CallToolResult>
}

type Schemas = { inputSchema: ObjectSchema; outputSchema: ObjectSchema }
type ObjectSchema = z.output<typeof ObjectSchema>

/** A tool out of its description; its schemas are written out once. */
export function aTool<Input extends z.ZodObject, Output extends z.ZodObject>({
  input,
  output,
  scopes,
  run,
  ...told
}: Description<Input, Output>): Tool {
  const listed = { ...told, inputSchema: schemaOf(input, 'input'), outputSchema: schemaOf(output, 'output') }
  return {
    name: told.name,
    listed,
    async call(deps, given, call) {
      for (const scope of scopes) requireScope(call.caller.principal, scope)
      const read = input.safeParse(given ?? {})
      if (!read.success) throw wrongInput(read.error)
      const { structured, text } = await run(deps, read.data, call)
      return { structuredContent: output.parse(structured), content: [{ type: 'text', text }] }
    },
  }
}

const ObjectSchema = z.looseObject({
  type: z.literal('object'),
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
})

/** Draft 7 is what clients’ validators read by default. */
function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): ObjectSchema {
  return ObjectSchema.parse(z.toJSONSchema(schema, { io, target: 'draft-7' }))
}

function wrongInput(error: z.ZodError): AppError {
  const errors = error.issues.slice(0, 16).flatMap(faultsOf)
  return new AppError('invalid-request', 'the input is invalid', { errors })
}

function faultsOf(issue: z.core.$ZodIssue): ProblemError[] {
  const at = ['#', ...issue.path.map(String)].join('/')
  if (issue.code !== 'unrecognized_keys') return [{ pointer: at, detail: issue.message }]
  return issue.keys.slice(0, 16).map((key) => ({ pointer: `${at}/${key.slice(0, 64)}`, detail: 'unknown field' }))
}
