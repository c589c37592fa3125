type Listener = (message: string) => void

/** Who listens to which channel in this process. A listener that throws is told to `onError` and keeps nobody from hearing. */
export function channelListeners(onError: (error: unknown, channel: string) => void) {
  const channels = new Map<string, Set<{ listener: Listener }>>()
  return {
    /** `remove` says whether it was the channel's last listener. */
    add(channel: string, listener: Listener): { remove(): boolean } {
      const listeners = channels.get(channel) ?? new Set()
      // An entry of its own, so that the same function may listen twice.
      const entry = { listener }
      channels.set(channel, listeners.add(entry))
      return {
        remove: () => {
          const present = listeners.delete(entry)
          if (!present || listeners.size > 0) return false
          channels.delete(channel)
          return true
        },
      }
    },
    deliver(channel: string, message: string): void {
      for (const { listener } of channels.get(channel) ?? []) {
        try {
          listener(message)
        } catch (error) {
          onError(error, channel)
        }
      }
    },
    clear: () => channels.clear(),
  }
}
