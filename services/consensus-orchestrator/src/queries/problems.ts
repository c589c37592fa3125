import { Problem } from '@concord/contracts/problem'

/** The problems that a route may answer with, for its documentation. */
export const callerProblems = { 401: Problem, 403: Problem } as const
export const ownProblems = { ...callerProblems, 404: Problem } as const
export const listProblems = { ...callerProblems, 400: Problem } as const
export const panelProblems = { ...callerProblems, 503: Problem, 504: Problem } as const
export const cancelProblems = { ...ownProblems, 400: Problem, 409: Problem } as const
export const feedbackProblems = { ...cancelProblems, 422: Problem } as const
export const submitProblems = { ...listProblems, 409: Problem, 422: Problem, 429: Problem, 503: Problem } as const
