//! Facts of fixtures, by their text dump.

use std::path::Path;

use leaklint::facts::lower;

#[test]
fn smoke() {
    let text = "import pg from 'pg';\nconst pool = new pg.Pool();\nexport async function f({ a = 1 }, ...rest) {\n  const c = await pool.connect();\n  for (const x of rest) { if (!x && a) continue; c.query(x, () => this.y); }\n}\n";
    let facts = lower::lower(Path::new("a.ts"), text).unwrap();
    println!("{facts:#?}");
    assert_eq!(facts.functions.len(), 3);
}
