/**
 * Replaces numeral in the web app. EUI uses it only for number formats that the web app does not
 * use.
 */
function numeral(value: number): { readonly format: () => string } {
  return { format: () => new Intl.NumberFormat().format(value) };
}

// biome-ignore lint/style/noDefaultExport: EUI imports the default export of numeral.
export default numeral;
