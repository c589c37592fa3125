import { AppError } from '@concord/service-kit/errors'
import type { AppErrorCode } from '@concord/service-kit/errors'

type DoorErrorOptions = ErrorOptions & {
  /** OpenAI's class of error, such as `insufficient_quota`; told by the status unless given. */
  type?: string
  /** OpenAI's code, such as `model_not_found`. */
  code?: string
  /** The parameter that is to blame, as OpenAI writes it: `messages[0].content`. */
  param?: string
  retryAfterS?: number | undefined
  headers?: Readonly<Record<string, string>>
}

/** An error with what OpenAI's clients read of one. */
export class DoorError extends AppError {
  readonly openAi: { type: string | undefined; code: string | undefined; param: string | undefined }

  constructor(code: AppErrorCode, message: string, options: DoorErrorOptions = {}) {
    const { retryAfterS, headers, cause } = options
    super(code, message, {
      ...(cause === undefined ? {} : { cause }),
      ...(headers ? { headers } : {}),
      ...(retryAfterS === undefined ? {} : { retryAfterS }),
    })
    this.openAi = { type: options.type, code: options.code, param: options.param }
  }
}

/** A 400 that names a parameter. */
export function refuseParam(param: string, message: string, code = 'invalid_value'): DoorError {
  return new DoorError('invalid-request', message, { param, code })
}
