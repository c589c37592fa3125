/** What a rule made of one question. */
export type Conclusion = {
  right: boolean
  /** 0..1; 0 where nobody answered. */
  confidence: number
  /** Models that were asked. */
  calls: number
  contested: boolean
}
