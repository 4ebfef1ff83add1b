// Matrix products on row-major float32 matrices. Pointers and leading dimensions (ld*) are in bytes.
//
// The inner loop holds a tile of R × 8 sums in registers: 6 × 8 is the largest that fits the 16 registers of x86.
// R is a constant at every call, so that each call becomes a loop of its own, with the rows beyond R gone.
// There is no variant for A[m, k]: six row pointers do not fit the registers of x86, at two thirds of the speed.

// C[m, n] += Aᵀ · B with A[k, m] and B[k, n], or = where `fresh` is 1. n must be a multiple of 8.
export function gemm(
  m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32, fresh: i32,
): void {
  if (fresh) for (let i = 0; i < m; i++) memory.fill(c + i * ldc, 0, n << 2);
  let i = 0;
  for (; i + 6 <= m; i += 6) columns(6, n, k, a + (i << 2), lda, b, ldb, c + i * ldc, ldc);
  if (i + 4 <= m) {
    columns(4, n, k, a + (i << 2), lda, b, ldb, c + i * ldc, ldc);
    i += 4;
  }
  if (i + 2 <= m) {
    columns(2, n, k, a + (i << 2), lda, b, ldb, c + i * ldc, ldc);
    i += 2;
  }
  if (i < m) columns(1, n, k, a + (i << 2), lda, b, ldb, c + i * ldc, ldc);
}

// @ts-ignore: decorator
@inline
function columns(R: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32): void {
  for (let j = 0; j < n; j += 8) {
    let ap = a;
    let bp = b + (j << 2);
    let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
    let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
    for (let left = k; left > 0; left--) {
      const b0 = v128.load(bp), b1 = v128.load(bp, 16);
      let s = v128.load32_splat(ap); c00 = madd(c00, s, b0); c01 = madd(c01, s, b1);
      if (R > 1) { s = v128.load32_splat(ap, 4); c10 = madd(c10, s, b0); c11 = madd(c11, s, b1); }
      if (R > 2) { s = v128.load32_splat(ap, 8); c20 = madd(c20, s, b0); c21 = madd(c21, s, b1); }
      if (R > 3) { s = v128.load32_splat(ap, 12); c30 = madd(c30, s, b0); c31 = madd(c31, s, b1); }
      if (R > 4) { s = v128.load32_splat(ap, 16); c40 = madd(c40, s, b0); c41 = madd(c41, s, b1); }
      if (R > 5) { s = v128.load32_splat(ap, 20); c50 = madd(c50, s, b0); c51 = madd(c51, s, b1); }
      ap += lda;
      bp += ldb;
    }
    let cp = c + (j << 2);
    accumulate(cp, c00, c01);
    if (R > 1) { cp += ldc; accumulate(cp, c10, c11); }
    if (R > 2) { cp += ldc; accumulate(cp, c20, c21); }
    if (R > 3) { cp += ldc; accumulate(cp, c30, c31); }
    if (R > 4) { cp += ldc; accumulate(cp, c40, c41); }
    if (R > 5) { cp += ldc; accumulate(cp, c50, c51); }
  }
}

// @ts-ignore: decorator
@inline
function accumulate(c: usize, low: v128, high: v128): void {
  v128.store(c, f32x4.add(v128.load(c), low));
  v128.store(c, f32x4.add(v128.load(c, 16), high), 16);
}

// @ts-ignore: decorator
@inline
function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}
