/** Creates an element with a text. Parts of the text in backticks become `<code>` elements. */
export function describedText(text: string): HTMLElement {
  const element = document.createElement('p');
  for (const [index, part] of text.split('`').entries()) {
    if (index % 2 === 0) element.append(part);
    else {
      const code = document.createElement('code');
      code.textContent = part;
      element.append(code);
    }
  }
  return element;
}
