import canonicalize from 'canonicalize';

/** RFC 8785 by the library, whatever the ledger does to be faster. The cast: the package is CommonJS. */
export const canonicalJsonByLibrary = canonicalize as unknown as (value: unknown) => string;
