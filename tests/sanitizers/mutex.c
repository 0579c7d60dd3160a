/* Rust's standard library comes without instrumentation. ThreadSanitizer sees that a mutex is released, which is inlined, and that a free
 * one is taken, but not that it is taken after a wait. This tells it: the linker puts `waited` in the place of LOCK, the function of the
 * standard library that waits. Its argument is the address of the mutex's word. */
void __tsan_acquire(void *address);
void wait_for(void *mutex) __asm__("__real_" LOCK);
void waited(void *mutex) __asm__("__wrap_" LOCK);

void waited(void *mutex)
{
    wait_for(mutex);
    __tsan_acquire(mutex);
}
