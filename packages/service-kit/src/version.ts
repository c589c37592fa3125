/** The product's version, as its API and its traces tell it. */
export const version = '1.0.0'
