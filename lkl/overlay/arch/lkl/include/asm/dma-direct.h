/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bus addresses of the DMA interface, which virtio drivers use for devices that
 * offer VIRTIO_F_ACCESS_PLATFORM; for others they pass physical addresses, which
 * are offsets into the arena, as they are.
 */
#ifndef _ASM_LKL_DMA_DIRECT_H
#define _ASM_LKL_DMA_DIRECT_H

extern unsigned long lkl_bus_base;

static inline dma_addr_t phys_to_dma(struct device *device, phys_addr_t address)
{
	return address + lkl_bus_base;
}

static inline phys_addr_t dma_to_phys(struct device *device, dma_addr_t address)
{
	return address - lkl_bus_base;
}

#endif
