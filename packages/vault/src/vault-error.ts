/** `forgotten`: the subject was erased. `altered`: damaged, or moved to another row. `unknown-key`: the ring has lost the key. */
export type VaultErrorCode = 'forgotten' | 'altered' | 'unknown-key'

export class VaultError extends Error {
  override readonly name = 'VaultError'
  readonly code: VaultErrorCode

  constructor(code: VaultErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
