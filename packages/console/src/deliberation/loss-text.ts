import { t } from '../i18n/messages.ts'

/** Why a model was lost, in words; a reason this page does not know is shown as it is. */
export function lossText(reason: string): string {
  const texts: Record<string, string> = {
    rate_limited: t.value.reasonRateLimited,
    upstream_error: t.value.reasonUpstreamError,
    stream_cut: t.value.reasonStreamCut,
    timed_out: t.value.reasonTimedOut,
    malformed_output: t.value.reasonMalformedOutput,
    refused_connection: t.value.reasonRefusedConnection,
    refused_content: t.value.reasonRefusedContent,
    unconfigured: t.value.reasonUnconfigured,
    circuit_open: t.value.reasonCircuitOpen,
    cancelled: t.value.reasonCancelled,
  }
  return texts[reason] ?? reason
}
