/** What a spreadsheet would take for a formula or a command at the start of a cell. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * One record of a CSV file (RFC 4180), with its CRLF. Text that a spreadsheet would run as a formula gets an
 * apostrophe in front, which spreadsheets take for "this is text".
 */
export function csvRecord(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

function csvField(field: string): string {
  const safe = FORMULA.test(field.trimStart()) || FORMULA.test(field) ? `'${field}` : field;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
