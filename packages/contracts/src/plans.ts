import { z } from 'zod'

export const Plan = z.enum(['free', 'pro', 'researcher', 'guardian'])
export type Plan = z.output<typeof Plan>

/** Queries a UTC day; null is unlimited. */
export const queriesPerDay: Record<Plan, number | null> = { free: 10, pro: 100, researcher: 500, guardian: null }

export const Role = z.enum(['user', 'agent', 'admin', 'super_admin'])
export type Role = z.output<typeof Role>

/** Roles from least to most powerful. */
export const rolesAscending: readonly Role[] = ['user', 'agent', 'admin', 'super_admin']
