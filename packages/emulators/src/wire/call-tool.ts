import { fillSchema } from '../brain/fill-schema.ts'
import { newId } from './new-id.ts'
import type { Ask, ToolCall, ToolUse } from './wire.ts'

/**
 * The call that an emulated model makes: of the tool it must call, else of the first whose name shares a word with what the user
 * wrote (`get_weather`: "weather"). None once a result is there.
 */
export function callTool({ toolUse, user }: Ask): ToolCall | undefined {
  const tool = toolUse && chosen(toolUse, user)
  if (!tool) return undefined
  return { id: `call_${newId()}`, name: tool.name, arguments: JSON.stringify(fillSchema(tool.parameters, user) ?? {}) }
}

function chosen({ tools, choice, results }: ToolUse, user: string): ToolUse['tools'][number] | undefined {
  if (typeof choice === 'object') return results.length > 0 ? undefined : tools.find(({ name }) => name === choice.name)
  if (choice === 'none' || results.length > 0) return undefined
  const said = user.toLowerCase()
  const meant = tools.find(({ name }) => wordsOf(name).some((word) => word.length > 3 && said.includes(word)))
  return meant ?? (choice === 'required' ? tools[0] : undefined)
}

function wordsOf(name: string): string[] {
  return name.toLowerCase().split(/[^a-z0-9]+/)
}
