import type { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import { refuseParam } from '../door/door-error.ts'
import type { DoorError } from '../door/door-error.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import { dataUrl } from './data-url.ts'
import { imageAddressFault } from './image-address.ts'

/** The first thing the request needs that the model cannot do, as the 400 that says so; undefined when it can do all. */
export function unsupported(model: CatalogueModel, request: ChatCompletionRequest): DoorError | undefined {
  return (
    tooManyTokens(model, request) ??
    (request.tools?.length && !model.takes_tools ? cannot(model, 'tools', 'tools') : undefined) ??
    unsupportedImage(model, request) ??
    (model.provider === 'anthropic' ? unknownToAnthropic(model, request) : undefined)
  )
}

function cannot({ name }: CatalogueModel, param: string, what: string): DoorError {
  return refuseParam(param, `The model ${name} does not take ${what}.`, 'unsupported_parameter')
}

function tooManyTokens({ name, limits }: CatalogueModel, request: ChatCompletionRequest): DoorError | undefined {
  for (const param of ['max_completion_tokens', 'max_tokens'] as const) {
    const asked = request[param]
    if (!asked || asked <= limits.max_output_tokens) continue
    return refuseParam(param, `The model ${name} writes at most ${limits.max_output_tokens} tokens.`)
  }
  return undefined
}

function unsupportedImage(model: CatalogueModel, { messages }: ChatCompletionRequest): DoorError | undefined {
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== 'user' || typeof content === 'string') continue
    for (const [at, part] of content.entries()) {
      if (part.type !== 'image_url') continue
      const param = `messages[${index}].content[${at}]`
      if (!model.takes_images) return cannot(model, param, 'images')
      if (model.provider === 'gemini' && !dataUrl(part.image_url.url))
        return cannot(model, `${param}.image_url.url`, 'addresses of images, only images as data URLs')
      const fault = imageAddressFault(part.image_url.url)
      if (fault !== undefined) return refuseParam(`${param}.image_url.url`, `Invalid image address: ${fault}.`)
    }
  }
  return undefined
}

function unknownToAnthropic(model: CatalogueModel, request: ChatCompletionRequest): DoorError | undefined {
  if (request.logprobs) return cannot(model, 'logprobs', 'logprobs')
  if (request.top_logprobs) return cannot(model, 'top_logprobs', 'top_logprobs')
  if (request.logit_bias && Object.keys(request.logit_bias).length > 0) return cannot(model, 'logit_bias', 'logit_bias')
  return undefined
}
