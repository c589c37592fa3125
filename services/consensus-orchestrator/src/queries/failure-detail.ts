const details: Partial<Record<string, string>> = {
  timed_out: 'no answer before the turn’s deadline',
  malformed_output: 'the answer broke the form that was asked for',
  cancelled: 'stopped with the query',
}

/** What a reason means where nothing more is known. */
export function failureDetail(reason: string): string {
  return details[reason] ?? 'the model could not answer'
}
