import { z } from 'zod'

/** As much of OpenAPI 3.1 as merging needs. */
export const OpenApiDocument = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.unknown()).optional(),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).optional() }).optional(),
})
export type OpenApiDocument = z.output<typeof OpenApiDocument>
