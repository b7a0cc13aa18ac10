import { EventEmitter } from "node:events";
import type { Server, IncomingMessage } from "node:http";
import * as path from "node:path";
import fs from "node:fs/promises";
import { Injectable, Inject, Module } from "../common";
import { Repository, Entity, Column, PrimaryKey, OneToMany, ManyToOne, Collection } from "../core";
import { createLogger, type Logger } from "./logger";
import { DEFAULT_TIMEOUT, isString, isObject } from "../utils/helpers";

export * from "./types";
export { default as config } from "./config";

export type Handler<T = unknown> = (event: T, context?: Context) => void | Promise<void>;

export interface Context {
  id: string;
  name?: string;
  readonly createdAt: Date;
  options: Record<string, unknown>;
  onError(error: Error): void;
}

export interface ServiceOptions extends Partial<Context> {
  url: string;
  port: number;
  enabled: boolean;
  timeout?: number;
  headers?: Record<string, string>;
  items: string[];
  signal?: AbortSignal;
}

export enum Status {
  Active = "active",
  Pending = "pending",
  Failed = "failed",
}

@Entity()
export class User {
  @PrimaryKey()
  id!: number;

  @Column({ type: "string", nullable: true, length: 255 })
  name?: string;

  @Column({ unique: true })
  email: string;

  @Column()
  createdAt: Date = new Date();

  @ManyToOne(() => User, { onDelete: "cascade" })
  parent?: User;

  @OneToMany(() => User, (user) => user.parent)
  children = new Collection<User>(this);

  constructor(email: string, name?: string) {
    this.email = email;
    this.name = name;
  }
}

const logger: Logger = createLogger("service");

function assertDefined<T>(value: T | undefined | null, message = "Value is not defined"): asserts value is T {
  if (value === undefined || value === null) {
    throw new TypeError(message);
  }
}

@Injectable()
export class UserService extends EventEmitter implements Context {
  private static instance: UserService | null = null;
  private readonly cache = new Map<string, User>();
  private timer: NodeJS.Timeout | undefined;
  protected count = 0;
  public readonly createdAt = new Date();

  constructor(
    private readonly repository: Repository<User>,
    @Inject("OPTIONS") private readonly options: ServiceOptions,
    public id: string = "",
  ) {
    super();
    this.on("error", (error: Error) => this.onError(error));
  }

  static getInstance(repository: Repository<User>, options: ServiceOptions): UserService {
    if (!UserService.instance) {
      UserService.instance = new UserService(repository, options);
    }
    return UserService.instance;
  }

  get size(): number {
    return this.cache.size;
  }

  public async find(id: string, options?: Partial<ServiceOptions>): Promise<User | undefined> {
    const cached = this.cache.get(id);
    if (cached) return cached;
    const { timeout = DEFAULT_TIMEOUT, ...rest } = { ...this.options, ...options };
    try {
      const user = await this.repository.findOne({ where: { id }, timeout, ...rest });
      if (!user) {
        logger.warn(`User ${id} not found`);
        return undefined;
      }
      this.cache.set(id, user);
      this.emit("found", user);
      return user;
    } catch (error) {
      logger.error("Could not find user", { id, error: (error as Error).message });
      throw error;
    } finally {
      this.count += 1;
    }
  }

  async update(id: string, data: Partial<User>): Promise<void> {
    const user = await this.find(id);
    assertDefined(user);
    Object.assign(user, data);
    await this.repository.save(user);
    for (const [key, value] of Object.entries(data)) {
      logger.debug(`${key} is now ${String(value)}`);
    }
  }

  start(): void {
    this.timer = setInterval(() => {
      void this.refresh().catch((error) => this.emit("error", error));
    }, this.options.timeout ?? 1000);
    process.on("SIGTERM", this.stop);
  }

  stop = (): void => {
    clearInterval(this.timer);
    this.removeAllListeners();
    this.cache.clear();
  };

  onError(error: Error): void {
    if (this.listenerCount("error") === 0 && error instanceof Error) {
      console.error(error.stack);
    }
  }

  private async refresh(): Promise<string[]> {
    const keys = Array.from(this.cache.keys()).filter((key) => key.length > 0 && key !== "default");
    const results = await Promise.all(keys.map(async (key) => (await this.repository.findOne(key))?.name));
    return results.filter(isString).map((name) => name.trim().toLowerCase());
  }
}

export async function readConfig(file: string): Promise<Record<string, string> | null> {
  const content = await fs.readFile(path.resolve(process.cwd(), file), "utf8");
  const parsed: unknown = JSON.parse(content);
  if (!isObject(parsed) || Array.isArray(parsed)) return null;
  const result: Record<string, string> = {};
  for (const key of Object.keys(parsed)) {
    const value = (parsed as any)[key];
    result[key] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return result;
}

export function listen(server: Server, handler: Handler<IncomingMessage>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.on("request", (request, response) => {
      handler(request);
      response.setHeader("Content-Type", "application/json");
      response.end();
    });
    server.listen(0, () => resolve(server.address().port));
  });
}

export const defaults = {
  name: "default",
  version: 1,
  enabled: true,
  tags: ["one", "two", "three"],
  handlers: { create: listen, update: null, remove: undefined },
} as const;

export default UserService;
