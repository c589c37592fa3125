import { z } from 'zod'

/** What questions are about, coarsely: reliability is measured for each. */
export const domains = ['mathematics', 'code', 'science', 'law', 'medicine', 'business', 'general', 'language'] as const

export const Domain = z.enum(domains)
export type Domain = z.output<typeof Domain>
