/** How a proof is made unless something else is said: ten minutes of patience, and three looks in a row. */
export const proofDefaults = { timeoutSeconds: 600, inARow: 3 } as const;
