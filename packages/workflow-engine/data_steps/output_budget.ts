import { StepFailure } from '../failures/step_failure.ts';
import { MAX_JSON_CHARACTERS } from './json_size.ts';

/**
 * Counts the characters of an output while a step creates it, and fails when there are too many.
 */
export class OutputBudget {
  #characters = 0;

  /**
   * Counts a value or name. One more character is counted for each.
   * @param characters characters of the value or name
   * @throws StepFailure `OutputTooLarge`
   */
  use(characters: number): void {
    this.#characters += characters + 1;
    if (this.#characters > MAX_JSON_CHARACTERS) {
      throw new StepFailure('OutputTooLarge', 'The output of the step is larger than 10 MB.');
    }
  }
}
