import { Matches } from 'class-validator';

/** A whole number in a path or a query, where everything is text: 0 or above, and exact as a number. */
export const IsWholeNumber = (): PropertyDecorator =>
  Matches(/^(0|[1-9][0-9]{0,14})$/, { message: '$property must be a whole number' });
