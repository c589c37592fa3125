/** What of a provider's error helps an operator and can hold nothing of a prompt or a key: its status, codes and request id. */
export function providerFacts(cause: unknown): Record<string, string | number> {
  if (typeof cause !== 'object' || cause === null) return {}
  const fields = new Map(Object.entries(cause))
  const facts: Record<string, string | number> = {}
  for (const [name, field] of [
    ['status', 'status'],
    ['code', 'code'],
    ['type', 'type'],
    ['provider_request_id', 'requestID'],
  ] as const) {
    const value: unknown = fields.get(field)
    if (typeof value === 'number') facts[name] = value
    else if (typeof value === 'string' && /^[\w.:-]{1,80}$/.test(value)) facts[name] = value
  }
  return facts
}
