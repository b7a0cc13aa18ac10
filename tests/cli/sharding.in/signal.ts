export function follow(signal: AbortSignal, name: string) {
  signal.addEventListener('abort', () => console.log(name));
}

export function poll(task: () => void) {
  setInterval(task, 1000);
}
