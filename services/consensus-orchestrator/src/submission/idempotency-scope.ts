/** One caller's keys never meet another's; both names of the route are one. */
export function idempotencyScope(owner: string): string {
  return `/queries|${owner}`
}
