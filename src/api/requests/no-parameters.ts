/**
 * The query of a route that has no parameters. One that is sent was meant to say something, such as of which moment a
 * balance is wanted or whose name is to be erased, so it is refused like an unknown field of a body.
 */
export class NoParameters {}
