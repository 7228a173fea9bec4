/** Where a command writes its answer: a text without a line break at its end. */
export type Output = (text: string) => void;
