import type { RealServers } from './real-servers.ts'

export type Context = {
  /** Found, or started, when the first benchmark asks for them. */
  servers(): Promise<RealServers>
  /** Progress, for a person who waits. */
  say(line: string): void
}
