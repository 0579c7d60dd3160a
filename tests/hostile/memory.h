/* malloc and its kin, counted, and made to fail or to end at a guard page on demand. The definitions stand in the program, so the shared
 * library and all that is inside it use them.
 *
 * A sanitizer brings a malloc of its own, with red zones. With -DSANITIZED these functions stand before it, by the linker's --wrap. */
#ifndef MEMORY_H
#define MEMORY_H
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, SLOTS = 48, SLOT = 64 << 10, SLOT_STEP = SLOT + PAGE, SLOT_LEAST = 256, ALIGNMENT = 16, SLACK = 0xa5 };

#ifdef SANITIZED
#define REAL(name) __real_##name
#define OURS(name) __wrap_##name
enum { GUARDS = 0, SLOWER = 40 };
#else
#define REAL(name) __libc_##name
#define OURS(name) name
enum { GUARDS = 1, SLOWER = 1 };
#endif
extern void *REAL(malloc)(size_t nbytes);
extern void *REAL(calloc)(size_t count, size_t size);
extern void *REAL(realloc)(void *block, size_t nbytes);
extern void *REAL(memalign)(size_t alignment, size_t nbytes);
extern void REAL(free)(void *block);

static struct {
    long now, peak;        /* bytes, blocks of glibc by their usable size */
    size_t large;          /* from this size on an allocation counts as large; 0 = none does */
    long larges, fail_at;  /* how many large ones there were; the number of the one to refuse, 0 = none */
    size_t largest;        /* the largest one that was asked for */
    int guarded;           /* 0: glibc alone. 1: at the start of a slot between guard pages. 2: at its end */
    int damaged;           /* a byte behind a block was written to */
} memory;

static unsigned char *slots;
static struct {
    size_t nbytes; /* 0 = free */
    unsigned char *at;
} slot[SLOTS];

/* count * size bytes of inaccessible pages, in which the caller opens some. */
static void *reserve(size_t nbytes)
{
    void *pages = mmap(NULL, nbytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

/* Blocks of SLOT bytes with a guard page before and behind each. */
static inline int memory_slots(void)
{
    slots = reserve((size_t)SLOTS * SLOT_STEP + PAGE);
    for (size_t i = 0; slots && i < SLOTS; i++)
        if (mprotect(slots + PAGE + i * SLOT_STEP, SLOT, PROT_READ | PROT_WRITE) != 0)
            return 0;
    return slots != NULL;
}

static long slot_of(const void *block)
{
    uintptr_t at = (uintptr_t)block, from = (uintptr_t)slots;
    return slots && at >= from && at < from + (size_t)SLOTS * SLOT_STEP + PAGE ? (long)((at - from - PAGE) / SLOT_STEP) : -1;
}

static size_t size_of(const void *block)
{
    long i = slot_of(block);
    return i >= 0 ? slot[i].nbytes : malloc_usable_size((void *)(uintptr_t)block);
}

static void count(long nbytes)
{
    long now = __atomic_add_fetch(&memory.now, nbytes, __ATOMIC_RELAXED);
    if (now > __atomic_load_n(&memory.peak, __ATOMIC_RELAXED))
        __atomic_store_n(&memory.peak, now, __ATOMIC_RELAXED);
}

/* Whether this allocation is the one to fail. */
static int refused(size_t nbytes)
{
    if (memory.large == 0 || nbytes < memory.large)
        return 0;
    if (nbytes > memory.largest)
        memory.largest = nbytes;
    if (__atomic_add_fetch(&memory.larges, 1, __ATOMIC_RELAXED) != memory.fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

static void *in_slot(size_t alignment, size_t nbytes)
{
    if (!GUARDS || !memory.guarded || nbytes < SLOT_LEAST || nbytes > SLOT - ALIGNMENT || alignment > PAGE)
        return NULL;
    for (size_t i = 0; i < SLOTS; i++) {
        unsigned char *from = slots + PAGE + i * SLOT_STEP;
        if (slot[i].nbytes)
            continue;
        size_t last = (SLOT - nbytes) & ~(alignment - 1);
        slot[i].nbytes = nbytes;
        slot[i].at = memory.guarded == 1 ? from : from + last;
        memset(slot[i].at + nbytes, SLACK, memory.guarded == 1 ? ALIGNMENT : SLOT - last - nbytes);
        return slot[i].at;
    }
    return NULL;
}

static void leave_slot(long i)
{
    const unsigned char *at = slot[i].at + slot[i].nbytes, *end = slots + PAGE + (size_t)i * SLOT_STEP + SLOT;
    for (int n = 0; n < ALIGNMENT && at < end; n++)
        memory.damaged |= *at++ != SLACK;
    slot[i].nbytes = 0;
}

static void *allocate(size_t alignment, size_t nbytes)
{
    if (refused(nbytes))
        return NULL;
    void *block = in_slot(alignment, nbytes);
    if (!block)
        block = alignment <= ALIGNMENT ? REAL(malloc)(nbytes) : REAL(memalign)(alignment, nbytes);
    if (block)
        count((long)size_of(block));
    return block;
}

void *OURS(malloc)(size_t nbytes) { return allocate(ALIGNMENT, nbytes); }

void OURS(free)(void *block)
{
    if (!block)
        return;
    count(-(long)size_of(block));
    if (slot_of(block) >= 0)
        leave_slot(slot_of(block));
    else
        REAL(free)(block);
}

void *OURS(calloc)(size_t number, size_t size)
{
    size_t nbytes;
    if (__builtin_mul_overflow(number, size, &nbytes) || refused(nbytes))
        return NULL;
    void *block = in_slot(ALIGNMENT, nbytes);
    block = block ? memset(block, 0, nbytes) : REAL(calloc)(number, size);
    if (block)
        count((long)size_of(block));
    return block;
}

void *OURS(realloc)(void *old, size_t nbytes)
{
    if (!old)
        return OURS(malloc)(nbytes);
    size_t before = size_of(old);
    if (slot_of(old) < 0 && (!GUARDS || !memory.guarded)) {
        if (refused(nbytes))
            return NULL;
        void *block = REAL(realloc)(old, nbytes);
        if (block || nbytes == 0)
            count((block ? (long)size_of(block) : 0) - (long)before);
        return block;
    }
    void *block = OURS(malloc)(nbytes);
    if (block) {
        memcpy(block, old, before < nbytes ? before : nbytes);
        OURS(free)(old);
    }
    return block;
}

void *OURS(memalign)(size_t alignment, size_t nbytes) { return allocate(alignment, nbytes); }

void *OURS(aligned_alloc)(size_t alignment, size_t nbytes) { return allocate(alignment, nbytes); }

int OURS(posix_memalign)(void **block, size_t alignment, size_t nbytes)
{
    *block = allocate(alignment, nbytes);
    return *block ? 0 : ENOMEM;
}

#endif
