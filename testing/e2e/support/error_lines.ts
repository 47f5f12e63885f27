/** Returns the lines of a server's output that report an error, in both log formats. */
export const errorLines = (output: string): string[] =>
  output.split('\n').filter((line) => /ERROR|FATAL|"log\.level":"(error|fatal)"/.test(line));
