/** An image that stands in the request itself: `data:image/png;base64,…`. Undefined for an address elsewhere. */
export function dataUrl(url: string): { mediaType: string; base64: string } | undefined {
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1
  if (comma < 0) return undefined
  const [mediaType = '', ...settings] = url.slice('data:'.length, comma).toLowerCase().split(';')
  return settings.includes('base64') ? { mediaType, base64: url.slice(comma + 1) } : undefined
}
