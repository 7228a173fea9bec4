/** What a spreadsheet would take for a formula or a command at the start of a cell. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Where one begins a cell within a text: some spreadsheets split a line at semicolons or tabs, and quotes do not help. */
const FORMULA_WITHIN = /([;\t\r\n]["\s]*)(?=[=+\-@＝＋－＠])/g;

/**
 * One record of a CSV file (RFC 4180), with its CRLF. Text that a spreadsheet would run as a formula gets an
 * apostrophe in front, which spreadsheets take for "this is text".
 */
export function csvRecord(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

function csvField(field: string): string {
  const within = field.replaceAll(FORMULA_WITHIN, "$1'");
  const safe = FORMULA.test(within.trimStart()) || FORMULA.test(within) ? `'${within}` : within;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
