import type { Io } from "../../src/cli/io.js";

/** Somebody at a terminal who says yes or no, with everything that was shown. */
export class FakeIo implements Io {
  readonly lines: string[] = [];
  readonly told: string[] = [];
  readonly questions: string[] = [];
  #stop: () => void = () => undefined;

  constructor(
    readonly agrees = true,
    readonly typed = "",
  ) {}

  out(line: string): void {
    this.lines.push(line);
  }

  tell(line: string): void {
    this.told.push(line);
  }

  confirm(question: string): Promise<boolean> {
    this.questions.push(question);
    return Promise.resolve(this.agrees);
  }

  password(prompt: string): Promise<string> {
    this.questions.push(prompt);
    return Promise.resolve(this.typed);
  }

  stopped(): Promise<void> {
    return new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  /** Ends the command that waits for it. */
  stop(): void {
    this.#stop();
  }
}
