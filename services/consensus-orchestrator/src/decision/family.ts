const vendors: readonly [string, RegExp][] = [
  ['openai', /gpt|davinci|(?:^|[^a-z])o[1345](?![\da-z])/],
  ['anthropic', /claude|anthropic/],
  ['google', /gemini|gemma|palm-?2|google/],
  ['xai', /grok|xai/],
  ['meta', /llama|(?:^|[^a-z])meta(?![a-z])/],
  ['mistral', /mistral|mixtral|ministral|codestral|magistral|devstral|pixtral/],
  ['deepseek', /deepseek/],
  ['alibaba', /qwen|qwq|qvq|alibaba|tongyi/],
  ['microsoft', /(?:^|[^a-z])phi(?![a-z])|wizardlm|microsoft|orca/],
  ['cohere', /command|(?:^|[^a-z])aya(?![a-z])|cohere/],
  ['01-ai', /(?:^|[^a-z])yi(?![a-z])|01-ai/],
  ['reka', /reka/],
  ['zhipu', /glm|zhipu|z-ai/],
  ['moonshot', /kimi|moonshot/],
  ['minimax', /minimax|abab/],
  ['amazon', /(?:^|[^a-z])nova(?![a-z])|titan|amazon/],
  ['nvidia', /nemotron|nvidia/],
  ['ibm', /granite|(?:^|[^a-z])ibm(?![a-z])/],
  ['tii', /falcon/],
  ['ai21', /jamba|jurassic|ai21/],
  ['databricks', /dbrx|databricks/],
  ['nous', /hermes|nous/],
  ['nexusflow', /athene|starling|nexusflow/],
  ['shanghai-ai-lab', /internlm/],
  ['baichuan', /baichuan/],
  ['perplexity', /sonar|perplexity/],
]

/** The vendor that a model's name speaks of first; the name's first word where no vendor is known. */
export function familyOf(model: string): string {
  const name = model.slice(0, 200).toLowerCase()
  let [family, earliest] = ['', name.length]
  for (const [vendor, pattern] of vendors) {
    const at = name.search(pattern)
    if (at >= 0 && at < earliest) [family, earliest] = [vendor, at]
  }
  return family || (/^[a-z]+/.exec(name)?.[0] ?? name)
}
