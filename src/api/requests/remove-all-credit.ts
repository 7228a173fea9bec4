/** Takes no fields: no body, or an empty object. */
export class RemoveAllCreditRequest {}
