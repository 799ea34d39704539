/* Start-up of a bare RISC-V: stack, memory, main; the counter of retired instructions; the semihosting trap. */
    .section .text.start, "ax"
    .globl reset
reset:
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      sp, stack_top
    la      a0, data_load
    la      a1, data_start
    la      a2, data_end
1:  beq     a1, a2, 2f
    lw      a3, 0(a0)
    sw      a3, 0(a1)
    addi    a0, a0, 4
    addi    a1, a1, 4
    j       1b
2:  la      a1, bss_start
    la      a2, bss_end
3:  beq     a1, a2, 4f
    sw      zero, 0(a1)
    addi    a1, a1, 4
    j       3b
4:  call    main
5:  j       5b

    .section .text.port_start, "ax"
    .globl port_start
port_start:
    ret

    .section .text.port_ticks, "ax"
    .globl port_ticks
port_ticks:
    .option push
    .option arch, +zicsr
    csrr    a0, minstret
    .option pop
    ret

    /* The three instructions must be of 32 bits and lie in one page. */
    .section .text.semihosting_call, "ax"
    .globl semihosting_call
    .balign 16
semihosting_call:
    .option push
    .option norvc
    slli    zero, zero, 0x1f
    ebreak
    srai    zero, zero, 7
    ret
    .option pop
